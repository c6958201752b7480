/** Tells drizzle-kit where the tables are described and where migrations go. */
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/store/schema/*.ts',
  casing: 'snake_case',
  out: './src/store/migrations',
});
