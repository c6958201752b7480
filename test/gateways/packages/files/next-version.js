export default { interfaceVersion: 2, name: 'acme' };
