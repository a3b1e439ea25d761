/**
 * A time zone in which it is about noon now, and the date there: what takes minutes does not see midnight in
 * a programme of that zone.
 */
export function noonToday(): { readonly timeZone: string; readonly today: string } {
  const now = new Date();
  const ahead = 12 - now.getUTCHours();
  // In the names of these zones plus means west of Greenwich.
  const timeZone = ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
  const today = new Date(now.getTime() + ahead * 3_600_000).toISOString().slice(0, 10);
  return { timeZone, today };
}
