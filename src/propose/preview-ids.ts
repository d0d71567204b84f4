// Ids of a preview have a prefix, so that what an author writes names nothing else of the page.

export const PREVIEW_PREFIX = 'preview-';
