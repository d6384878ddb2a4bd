// Zero-width and formatting characters, tag characters, bidirectional controls: text a maintainer cannot see on the page must not
// reach a model either ("Trojan Source", hidden instructions). Tab and line feed stay; emoji keep their joiner and variation selectors.
const INVISIBLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** What people wrote as they see it rendered: no HTML comments, no invisible or bidirectional characters, line ends as LF. */
export const visibleText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(INVISIBLE, '')
    .trim();
