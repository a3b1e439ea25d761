/** True if an Accept-Encoding allows gzip. */
export function acceptsGzip(header: string | null | undefined): boolean {
  let isAccepted = false;
  for (const part of (header ?? '').split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const isAllowed = !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    if (coding === 'gzip') return isAllowed;
    if (coding === '*') isAccepted = isAllowed;
  }
  return isAccepted;
}
