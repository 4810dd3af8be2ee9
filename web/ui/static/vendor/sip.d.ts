export * from "sip.js";
