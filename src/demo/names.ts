import type { Random } from './random.ts';

type Region = {
  readonly code: string;
  readonly countries: readonly (readonly [string, number])[];
  readonly places: readonly string[];
  readonly trades: readonly string[];
  readonly forms: readonly string[];
};

// Every name is invented; a likeness to a company or person that exists is chance.
const GERMAN_TRADES = list(
  'Netzwerke, Systemhaus, Kommunikation, Datentechnik, Telefonbau, IT-Service, Sprachdienste, ' +
    'Netzplan, Digitalwerk, Medientechnik, Bürotechnik, Infosysteme',
);
const ENGLISH_TRADES = list(
  'Networks, Voice, Communications, Data Systems, Telecom, IT Services, Integration, ' +
    'Contact Solutions, Video Systems, Technology, Connect Services, Business Systems',
);

const DACH: Region = {
  code: 'DACH',
  countries: [
    ['DE', 7],
    ['AT', 1.5],
    ['CH', 1.5],
  ],
  places: list(
    'Nordlicht, Elbtal, Kranich, Falkenried, Rheinbogen, Isarwinkel, Hochwald, Silberbach, ' +
      'Lindenhof, Seeblick, Brückental, Steinfeld, Ostertor, Fichtelwerk, Wiesengrund, Adlerhorst, ' +
      'Kornmarkt, Lichtenau, Moorkamp, Tannberg, Sonnleitner, Weidenbach, Grünfels, Hafenkante, ' +
      'Mühlental, Bergstetter, Auenland, Quellhof',
  ),
  trades: GERMAN_TRADES,
  forms: ['GmbH', 'AG', 'GmbH & Co. KG', 'KG', 'e.K.'],
};
const UKI: Region = {
  code: 'UKI',
  countries: [
    ['GB', 5],
    ['IE', 1],
  ],
  places: list(
    'Ashcombe, Thornbridge, Larkfield, Westermoor, Copperhill, Kingsferry, Brightwater, Oakhaven, ' +
      'Redcliffe, Stonegate, Millbrook, Fenwick, Harrowdale, Pembrey, Silverlea, Northgate, ' +
      'Ravenscar, Glenmore, Ballyfinn, Kestrel',
  ),
  trades: ENGLISH_TRADES,
  forms: ['Ltd', 'plc', 'LLP'],
};
const NORDICS: Region = {
  code: 'NORDICS',
  countries: [
    ['SE', 3],
    ['DK', 2],
    ['NO', 2],
    ['FI', 1],
  ],
  places: list(
    'Fjordvik, Björkdal, Sundby, Nordanvind, Havsbris, Lillehav, Granlund, Ekströmsund, Vesterbro, ' +
      'Skogsborg, Tallmo, Isvik, Solhem, Vinterå',
  ),
  trades: ENGLISH_TRADES,
  forms: ['AB', 'ApS', 'AS', 'Oy'],
};
const BENELUX: Region = {
  code: 'BENELUX',
  countries: [
    ['NL', 3],
    ['BE', 2],
    ['LU', 0.3],
  ],
  places: list(
    'Waterlinie, Duinrand, Zilvermeer, Oosterpoort, Molenbeek, Klaverveld, Hoogland, Rietveen, ' +
      'Kanaalzicht, Vestingdam, Noordkade, Zonnehof',
  ),
  trades: ENGLISH_TRADES,
  forms: ['B.V.', 'N.V.', 'BVBA'],
};
const SOUTH: Region = {
  code: 'SOUTH',
  countries: [
    ['FR', 3],
    ['IT', 2],
    ['ES', 2],
    ['PT', 0.7],
  ],
  places: list(
    'Valmont, Clairval, Beaurivage, Montalto, Rocasol, Terranova, Pontevico, Lumière Sud, ' +
      'Altavista, Miramar, Castelverde, Solano, Rivanera, Belforte',
  ),
  trades: ENGLISH_TRADES,
  forms: ['SARL', 'S.p.A.', 'S.L.', 'Lda'],
};
const REGIONS: readonly (readonly [Region, number])[] = [
  [DACH, 45],
  [UKI, 18],
  [NORDICS, 12],
  [BENELUX, 12],
  [SOUTH, 13],
];

/** Where a company sits and what it is called. */
export type Company = { readonly name: string; readonly country: string; readonly region: string };

/** Gives companies, no two of them with the same name, as long as it is asked. */
export function createCompanies(random: Random): () => Company {
  const taken = new Map<string, number>();
  return () => {
    const region = random.weighted(REGIONS);
    const country = random.weighted(region.countries);
    const stem = `${random.pick(region.places)} ${random.pick(region.trades)}`;
    const used = taken.get(stem) ?? 0;
    taken.set(stem, used + 1);
    // A big base runs out of stems: branches then carry a number, as they do in life.
    const name = `${stem}${used === 0 ? '' : ` ${used + 1}`} ${random.pick(region.forms)}`;
    return { name, country, region: region.code };
  };
}

const FIRST_NAMES = list(
  'anna, ben, clara, david, elif, felix, greta, hannes, ines, jonas, katja, lars, maria, nils, ' +
    'olga, paul, rosa, stefan, tara, yusuf',
);
const LAST_NAMES = list(
  'albers, bauer, conti, dahl, evans, fischer, garcia, huber, ivers, jansen, keller, lang, meyer, ' +
    'novak, okafor, peters, roth, sauer, thomsen, wagner',
);

/** `count` different persons of a partner, as the identifiers by which the programme knows them. */
export function teamOf(externalRef: string, count: number, random: Random): string[] {
  const team = new Set<string>();
  while (team.size < count) {
    team.add(`${random.pick(FIRST_NAMES)}.${random.pick(LAST_NAMES)}@${externalRef.toLowerCase()}.example`);
  }
  return [...team];
}

function list(items: string): readonly string[] {
  return items.split(', ');
}
