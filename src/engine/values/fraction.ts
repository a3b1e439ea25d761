/** An exact number: in lowest terms, the denominator above zero, so that equal numbers look the same. */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint };

const DECIMAL_TEXT = /^-?\d{1,30}(\.\d{1,20})?$/;
const FRACTION_TEXT = /^(-?\d+)(?:\/(\d+))?$/;

export const ZERO: Fraction = { numerator: 0n, denominator: 1n };
export const ONE: Fraction = { numerator: 1n, denominator: 1n };

/** The fraction of two whole numbers; throws on a denominator of zero. */
export function fraction(numerator: bigint, denominator = 1n): Fraction {
  if (denominator === 0n) throw new RangeError('a fraction needs a denominator other than zero');
  if (denominator === 1n) return { numerator, denominator };
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = sign * greatestCommonDivisor(numerator < 0n ? -numerator : numerator, sign * denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** The fraction of a whole number. */
export function wholeNumber(value: number): Fraction {
  return { numerator: BigInt(value), denominator: 1n };
}

/**
 * Reads a plain decimal such as `-1250.5`: up to 30 digits before the point and 20 after it; null for any
 * other text.
 */
export function parseDecimal(text: string): Fraction | null {
  if (!DECIMAL_TEXT.test(text)) return null;
  const point = text.indexOf('.');
  if (point < 0) return fraction(BigInt(text));
  const digits = text.length - point - 1;
  return fraction(BigInt(text.slice(0, point) + text.slice(point + 1)), 10n ** BigInt(digits));
}

export function add(a: Fraction, b: Fraction): Fraction {
  if (a.denominator === b.denominator) return fraction(a.numerator + b.numerator, a.denominator);
  return fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function subtract(a: Fraction, b: Fraction): Fraction {
  return add(a, { numerator: -b.numerator, denominator: b.denominator });
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** `a` divided by `b`; throws if `b` is zero. */
export function divide(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** Below zero, zero or above zero, as `a` is less than, equal to or more than `b`. */
export function compare(a: Fraction, b: Fraction): number {
  const left = a.denominator === b.denominator ? a.numerator : a.numerator * b.denominator;
  const right = a.denominator === b.denominator ? b.numerator : b.numerator * a.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The lesser of the two. */
export function least(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) <= 0 ? a : b;
}

/** The greater of the two. */
export function greatest(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) >= 0 ? a : b;
}

/** The largest whole number that is not above the value. */
export function floor(value: Fraction): Fraction {
  const { numerator, denominator } = value;
  const quotient = numerator / denominator;
  return fraction(numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient);
}

/** The greatest number with so many digits after the point that is not above the value. */
export function roundDown(value: Fraction, places: number): Fraction {
  const scale = fraction(10n ** BigInt(places));
  return divide(floor(multiply(value, scale)), scale);
}

/** The least number with so many digits after the point that is not below the value. */
export function roundUp(value: Fraction, places: number): Fraction {
  return subtract(ZERO, roundDown(subtract(ZERO, value), places));
}

/**
 * The number of that many digits after the point that is nearest to the value; of two the one farther from
 * zero.
 */
export function roundHalf(value: Fraction, places: number): Fraction {
  const scale = 10n ** BigInt(places);
  const magnitude = value.numerator < 0n ? -value.numerator : value.numerator;
  const scaled = (2n * magnitude * scale + value.denominator) / (2n * value.denominator);
  return fraction(value.numerator < 0n ? -scaled : scaled, scale);
}

/** How many digits after the point say the value exactly; null if none do. */
export function placesOf(value: Fraction): number | null {
  return finitePlaces(value.denominator);
}

/**
 * The number as a decimal, for people: exact if it has a finite form and `digits` is left out, otherwise
 * rounded half away from zero to at most `digits` places (6 if left out), without zeros at the end.
 */
export function formatDecimal(value: Fraction, digits?: number): string {
  const places = digits ?? finitePlaces(value.denominator) ?? 6;
  const scale = 10n ** BigInt(places);
  const magnitude = value.numerator < 0n ? -value.numerator : value.numerator;
  const scaled = (2n * magnitude * scale + value.denominator) / (2n * value.denominator);
  const text = scaled.toString().padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  const rest = text.slice(text.length - places).replace(/0+$/, '');
  const sign = value.numerator < 0n && scaled > 0n ? '-' : '';
  return rest === '' ? sign + whole : `${sign}${whole}.${rest}`;
}

/** The exact number as text for storage, `7` or `-22/7`; `fractionFromText` reads it back. */
export function fractionToText({ numerator, denominator }: Fraction): string {
  return denominator === 1n ? numerator.toString() : `${numerator}/${denominator}`;
}

/** Reads what `fractionToText` wrote; throws on anything else. */
export function fractionFromText(text: string): Fraction {
  const parts = FRACTION_TEXT.exec(text);
  if (parts?.[1] === undefined) throw new SyntaxError(`not a fraction: ${text}`);
  return fraction(BigInt(parts[1]), parts[2] === undefined ? 1n : BigInt(parts[2]));
}

/** The least number that both divide. */
export function leastCommonMultiple(a: bigint, b: bigint): bigint {
  return a === b ? a : (a / greatestCommonDivisor(a, b)) * b;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [left, right] = [a, b];
  while (right !== 0n) [left, right] = [right, left % right];
  return left;
}

/** How many decimal places show 1/denominator exactly; null if none do. */
function finitePlaces(denominator: bigint): number | null {
  let [rest, twos, fives] = [denominator, 0, 0];
  for (; rest % 2n === 0n; rest /= 2n) twos += 1;
  for (; rest % 5n === 0n; rest /= 5n) fives += 1;
  return rest === 1n ? Math.max(twos, fives) : null;
}
