// What the vendored bundle exports is what the package exports.
export * from "sip.js";
