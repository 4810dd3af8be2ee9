// htmx is loaded as a classic script.
declare const htmx: typeof import("htmx.org").default;
