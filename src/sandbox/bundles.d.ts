// Modules that the build makes out of one entry each: their default export is the URL of the bundle.

declare module 'virtual:portway/guest-worker' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/guest-node' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/webcontainer-client' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/interface-types' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/monaco-style' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/hono-module' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/hono-function' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/portway-package' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/hono-types' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/panel' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/guest-python' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/portway-python' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/python-interpreter' {
  const url: string;
  export default url;
}
declare module 'virtual:portway/python-library' {
  const url: string;
  export default url;
}
