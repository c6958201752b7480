#!/usr/bin/env node
// The conformance suite from any folder: tsx is found from here, and not from where the caller stands.
import { register } from 'tsx/esm/api';

register();
await import('../src/gateway-test/main.ts');
