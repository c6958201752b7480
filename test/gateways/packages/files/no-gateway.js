export const gateway = {};
