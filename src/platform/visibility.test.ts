import { describe, expect, it } from 'vitest';
import { pageVisibility } from './visibility.ts';

/** As much of a document as can be hidden, and how many listen to it. */
class FakePage extends EventTarget {
  listeners = 0;
  hidden: boolean;

  constructor(hidden = false) {
    super();
    this.hidden = hidden;
  }
  turn(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listeners += 1;
    super.addEventListener(...args);
  }
  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners -= 1;
    super.removeEventListener(...args);
  }
}

const open = (hidden = false) => {
  const page = new FakePage(hidden);
  return { page, visibility: pageVisibility(page as unknown as Document) };
};

describe('pageVisibility', () => {
  it('counts how often the page was hidden', () => {
    const { page, visibility } = open();
    expect(visibility.timesHidden()).toBe(0);
    page.turn(true);
    expect(visibility.timesHidden()).toBe(1);
    page.turn(false);
    expect(visibility.timesHidden()).toBe(1);
    page.turn(true);
    expect(visibility.timesHidden()).toBe(2);
  });
  it('counts a page that opened hidden', () => {
    const { page, visibility } = open(true);
    expect(visibility.timesHidden()).toBe(1);
    page.turn(false);
    expect(visibility.timesHidden()).toBe(1);
  });
  it('waits for nothing while the page can be seen', async () => {
    const { page, visibility } = open();
    await visibility.untilVisible();
    expect(page.listeners).toBe(1);
  });
  it('waits until the page can be seen again, and leaves no listener behind', async () => {
    const { page, visibility } = open(true);
    let seen = 0;
    const waiting = [1, 2, 3].map(() => visibility.untilVisible().then(() => (seen += 1)));
    await Promise.resolve();
    page.turn(true);
    await Promise.resolve();
    expect(seen).toBe(0);
    page.turn(false);
    await Promise.all(waiting);
    expect(seen).toBe(3);
    expect(page.listeners).toBe(1);
  });
  it('tells of every change until that is stopped', () => {
    const { page, visibility } = open();
    const told: boolean[] = [];
    const stop = visibility.onChange((isHidden) => told.push(isHidden));
    page.turn(true);
    page.turn(false);
    stop();
    page.turn(true);
    expect(told).toEqual([true, false]);
  });
});
