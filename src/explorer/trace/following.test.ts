// Going along with what arrives, and staying where the reader is.

import { expect, test } from 'vitest';
import { Following, type Scrolled } from './following.svelte.ts';

/** A box of 100 pixels with rows of 10, scrolled to a pixel. */
const boxOf = (rows: number, scrollTop = 0): Scrolled => ({
  scrollTop,
  clientHeight: 100,
  scrollHeight: Math.max(rows * 10, 100),
});

function viewOf(live: boolean, rows: number) {
  const [following, box] = [new Following(live), boxOf(rows)];
  following.changed(rows, box);
  const grow = (to: number) => {
    Object.assign(box, boxOf(to, box.scrollTop));
    following.grew(to, box);
  };
  const scroll = (to: number) => {
    box.scrollTop = to;
    following.scrolled(box);
  };
  return { following, box, grow, scroll };
}

test('follow: a live view goes along from the beginning', () => {
  const { box, grow } = viewOf(true, 0);
  grow(50);
  expect(box.scrollTop).toBe(500);
  grow(60);
  expect(box.scrollTop).toBe(600);
});

test('follow: a view that nobody has scrolled stays at its beginning, and offers nothing', () => {
  const { following, box, grow } = viewOf(false, 0);
  grow(50);
  grow(60);
  expect(box.scrollTop).toBe(0);
  expect(following.fresh).toBe(0);
});

test('follow: who goes to the end goes along', () => {
  const { box, grow, scroll } = viewOf(false, 50);
  scroll(399);
  grow(60);
  expect(box.scrollTop).toBe(600);
});

test('follow: who goes away stays there, and is told how much came since', () => {
  const { following, box, grow, scroll } = viewOf(true, 50);
  scroll(100);
  grow(60);
  grow(65);
  expect(box.scrollTop).toBe(100);
  expect(following.fresh).toBe(15);
});

test('follow: at the end again nothing is new, by scrolling or by the button', () => {
  const { following, box, grow, scroll } = viewOf(true, 50);
  scroll(100);
  grow(60);
  scroll(500);
  expect(following.fresh).toBe(0);
  scroll(100);
  grow(70);
  following.toEnd(box);
  expect(box.scrollTop).toBe(700);
  expect(following.fresh).toBe(0);
  grow(80);
  expect(box.scrollTop).toBe(800);
});

test('follow: other rows, as of a filter, are none that came', () => {
  const { following, box, grow, scroll } = viewOf(true, 50);
  scroll(100);
  grow(60);
  following.changed(20, box);
  expect(following.fresh).toBe(0);
  grow(21);
  expect(following.fresh).toBe(1);
});

test('follow: where all rows are in view, a scroll event is none of the reader', () => {
  const { following, grow, scroll } = viewOf(false, 3);
  scroll(0);
  grow(40);
  expect(following.fresh).toBe(0);
});

test('follow: who goes along stays at the end where the rows become others', () => {
  const { following, box } = viewOf(true, 50);
  Object.assign(box, boxOf(80, 0));
  following.changed(80, box);
  expect(box.scrollTop).toBe(800);
});
