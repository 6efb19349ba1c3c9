import { normalise } from './text.ts';

const STOP_WORDS = new Set(
  (
    'a about actually after again ago all already also always am an and any anything are as ask at be because been ' +
    'before being but by can cannot come could day dear did do does doing done dont else even ever every for from get gets ' +
    'give go going good got guys had has have having he hello her here hey hi him his how i id if ill im in into is it ' +
    'its ive just kind know let like little look looking lot made make many may maybe me might more most much must my ' +
    'need never new no not now of off ok okay on one only or other our out over own please pls possible quick question ' +
    'really right said same say see shall she should since so some someone something sorry still such sure take tell ' +
    'than thank thanks that the their them then there these they thing things think this those through to too ' +
    'under until up us use used using usually very via want wanted was way we well were what whats when where ' +
    'which while who whole whom whose why will wish with within without wonder wondering would yes yet you your yours ' +
    'help helps hasnt havent isnt arent didnt doesnt wasnt wont wouldnt couldnt cant itself possibly exactly normally currently tho though bit bought buy'
  ).split(' '),
);

/** Words that mean the same to a shop's customer, by stem. The first of a row stands for all. */
const SAME_MEANING = [
  'ship delivery deliver deliveri shipment postage dispatch',
  'open close clos hour opening closing closed opened',
  'price cost charg fee expensive cheap much',
  'return exchang',
  'refund repay reimburs reimbursement',
  'pay payment paid',
  'password passcod passwort',
  'login signin logon',
  'warranty guarante',
  'track tracking trac',
  'parcel packag package',
  'damag broken smash crack defectiv faulty defect',
  'poisonou toxic poison',
  'discount voucher coupon promo',
  'address location locat',
  'handoff escalation escalat transfer',
  'human agent person people',
  'message messag chat',
  'bulb lightbulb',
  'licence licens',
  'plant houseplant',
];

const CANONICAL = new Map(
  SAME_MEANING.flatMap((row) => {
    const [first = '', ...others] = row.split(' ');
    return others.map((other): [string, string] => [other, first]);
  }),
);

/**
 * A light English stemmer: plural, -ing, -ed and a silent e. Crude and the same on both sides, which is what counts.
 */
const stem = (word: string): string =>
  word
    .replace(/^(.{2,})ies$/, '$1y')
    .replace(/^(.{2,}[^us])s$/, '$1')
    .replace(/^(.{3,})ing$/, '$1')
    .replace(/^(.{3,})ed$/, '$1')
    .replace(/([b-df-hj-kmnp-rtv-z])\1$/, '$1')
    .replace(/^(.{3,})e$/, '$1');

/** The meaningful words of a text, as stems with their synonyms joined. Repeats stay. */
export function terms(text: string): string[] {
  const words = normalise(text)
    .replace(/\b(?:log|sign)(?:ging|ging)? ?-?in\b/g, 'login')
    .replace(/\bhand(?:ed|s|ing)?[- ]?(?:over|off)\b/g, 'handoff')
    .replace(/\bmoney back\b/g, 'refund')
    .replace(/'/g, '')
    .match(/[\p{L}\p{N}]+/gu);
  return (words ?? [])
    .filter((word) => !STOP_WORDS.has(word) || word === 'much')
    .map((word) => CANONICAL.get(word) ?? stem(word))
    .map((word) => CANONICAL.get(word) ?? word);
}
