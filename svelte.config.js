// How Svelte components are compiled, for Astro, for editors and for svelte-check alike.
import { vitePreprocess } from '@astrojs/svelte';

export default { preprocess: vitePreprocess() };
