/** The console in a browser: everything it shows and does goes through the API, with the key of who is signed in. */
import '@mantine/core/styles.css';
import 'mantine-datatable/styles.css';
import './console.css';
import { type CSSVariablesResolver, createTheme, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Console } from './console.tsx';

const THEME = createTheme({
  primaryColor: 'indigo',
  primaryShade: 9,
  defaultRadius: 'sm',
  respectReducedMotion: true,
});

/** Descriptions have to be read as well. */
const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': 'var(--mantine-color-gray-8)' },
  dark: {},
});

/** A change is told by the stream of changes; asking again by itself would only add load. */
const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: 1, refetchOnWindowFocus: false } },
});

const nonce = document.querySelector('meta[name=csp-nonce]')?.getAttribute('content') ?? '';
const root = document.getElementById('console');
if (root === null) throw new Error('the page has no #console');

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={THEME}
      cssVariablesResolver={resolveVariables}
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <Console />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
