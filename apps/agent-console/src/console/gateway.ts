/** The gateway that has served this page, at the root of a site or below a path of it. */
export const gatewayHere = (): string => new URL('.', location.href).href;
