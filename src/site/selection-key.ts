// The key that leads to what is offered for selected words.

export const SELECTION_KEY = 'e';
