// `payonce/gateway` in a gateway package is this process's own copy: an error of another copy would be an error
// of no known class here. It also lets a file resolve it that has no node_modules around it.
let own;

export function initialize(url) {
  own = url;
}

export function resolve(specifier, context, next) {
  return next(specifier === 'payonce/gateway' ? own : specifier, context);
}
