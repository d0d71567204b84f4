// The WebContainer client as a bundle of its own: it keeps state in module variables, and after a boot that never
// settles only a fresh copy of the module can boot again.

export { configureAPIKey, WebContainer } from '@webcontainer/api';
