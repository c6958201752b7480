import acme from './acme.js';

export default { ...acme, name: 'temporal', settings: { profile: acme.settings.secretKey } };
