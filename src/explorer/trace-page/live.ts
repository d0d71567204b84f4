// Starts the page of `portway dev`: takes the colours that the system asks for, and shows the trace where there is a place
// for it. The pages with clauses take the colours alone.

import { mount } from 'svelte';
import LivePage from './LivePage.svelte';

const light = matchMedia('(prefers-color-scheme: light)');
const paint = () => {
  document.documentElement.dataset['theme'] = light.matches ? 'light' : 'dark';
};
light.addEventListener('change', paint);
paint();

const target = document.querySelector<HTMLElement>('#live');
if (target) mount(LivePage, { target, props: { app: target.dataset['app'] ?? '' } });
