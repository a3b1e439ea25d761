const MAX_TEXT = 200;
const COUNTRY = /^[A-Z]{2}$/;

type PartnerText = {
  readonly externalRef?: string;
  readonly name?: string;
  readonly region?: string;
  readonly country?: string;
};

/** What is wrong with the texts of a partner, those that are given: the first problem and its field; null if nothing is. */
export const findTextProblem = (
  partner: PartnerText,
): { readonly path: string; readonly message: string } | null => {
  for (const path of ['externalRef', 'name', 'region'] as const) {
    const text = partner[path];
    if (text === undefined) continue;
    if (text.trim() === '' || text.length > MAX_TEXT || text.includes('\0') || !text.isWellFormed()) {
      return { path, message: `This has to be a text of 1 to ${MAX_TEXT} characters.` };
    }
  }
  if (partner.country !== undefined && !COUNTRY.test(partner.country)) {
    return { path: 'country', message: 'A country is two capital letters, as in ISO 3166-1.' };
  }
  return null;
};
