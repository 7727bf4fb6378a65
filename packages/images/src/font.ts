// A bitmap font, 5 by 7 pixels a character, for labels in pictures.

/** Pixels of a character, without the gap beside it. */
export const CHARACTER_WIDTH = 5
export const CHARACTER_HEIGHT = 7

/**
 * Printable ASCII from space on, seven base-32 digits a character: a digit is a row of five pixels,
 * the leftmost its highest bit.
 */
const ROWS = `
0000000 4444404 aaa0000 aavavaa 4fke5u4 op248j3 cik8lid 4480000 2488842 8422248 04lel40 044v440
0000c48 000v000 00000cc 01248g0 ehjlphe 4c4444e eh1248v v2421he 26aiv22 vgu11he 68guhhe v124888
ehhehhe ehhf12c 0cc0cc0 0cc0c48 248g842 00v0v00 8421248 eh12404 eh1dlle ehhhvhh uhhuhhu ehggghe
sihhhis vgguggv vgguggg ehgnhhf hhhvhhh e44444e 72222ic hikokih ggggggv hrllhhh hhpljhh ehhhhhe
uhhuggg ehhhlid uhhukih fgge11u v444444 hhhhhhe hhhhha4 hhhllla hha4ahh hhha444 v1248gv e88888e
0g84210 e22222e 4ah0000 000000v 8420000 00e1fhf ggmphhu 00egghe 11djhhf 00ehvge 698s888 0fhhf1e
ggmphhh 40c444e 20622ic ggikoki c44444e 00qllhh 00mphhh 00ehhhe 0uhhugg 0fhhf11 00mpggg 00ege1u
88s8896 00hhhjd 00hhha4 00hhlla 00ha4ah 0hhhf1e 00v248v 2448442 4444444 8442448 008l200
`
  .trim()
  .split(/\s+/)

const SPACE = 32

/** The seven rows of a character, each five bits; characters outside printable ASCII show as `?`. */
export function characterRows(character: string): readonly number[] {
  const at = (character.codePointAt(0) ?? 0) - SPACE
  const rows = ROWS[at] ?? ROWS['?'.charCodeAt(0) - SPACE] ?? ''
  return Array.from(rows, (digit) => parseInt(digit, 32))
}

/** Whether a character reaches two pixels below the line. */
export function isLow(character: string): boolean {
  return 'gpqy'.includes(character)
}
