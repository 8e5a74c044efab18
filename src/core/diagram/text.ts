/** @file How much room a text takes, so that a box can be as tall as its title needs. */

/** Width of a text in the font of a title, px. */
export type TextWidth = (text: string) => number;

/** Lines of a text that breaks at spaces only, in `room` px. */
export function linesOf(text: string, room: number, textWidth: TextWidth): number {
  let lines = 1;
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer) > room) {
      lines++;
      line = word;
    } else line = longer;
  }
  return lines;
}
