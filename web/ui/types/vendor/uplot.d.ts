// What the vendored module exports is what the package exports.
export { default } from "uplot";
