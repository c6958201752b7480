import acme from './acme.js';

export default { ...acme, name: 'stripe' };
