import 'a-package-that-is-not-there';
export default {};
