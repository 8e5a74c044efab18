/** @file Whether the page can be seen: a hidden tab is throttled, so nothing may be measured in it. */

export interface Visibility {
  /** Resolves at once while the page can be seen, else when it can again. */
  readonly untilVisible: () => Promise<void>;
  /** How often it was hidden since the page opened. */
  readonly timesHidden: () => number;
  /** Tells of every change; returns how to stop that. */
  readonly onChange: (listener: (isHidden: boolean) => void) => () => void;
}

/** Whether the page is hidden now. */
export const isPageHidden = (page: Pick<Document, 'hidden'> = document): boolean => page.hidden;

export function pageVisibility(page: Document = document): Visibility {
  let hidden = page.hidden ? 1 : 0;
  page.addEventListener('visibilitychange', () => {
    if (page.hidden) hidden += 1;
  });
  const onChange: Visibility['onChange'] = (listener) => {
    const tell = (): void => listener(page.hidden);
    page.addEventListener('visibilitychange', tell);
    return () => page.removeEventListener('visibilitychange', tell);
  };
  return {
    timesHidden: () => hidden,
    onChange,
    untilVisible: () =>
      page.hidden
        ? new Promise((resolve) => {
            const stop = onChange((isHidden) => {
              if (isHidden) return;
              stop();
              resolve();
            });
          })
        : Promise.resolve(),
  };
}
