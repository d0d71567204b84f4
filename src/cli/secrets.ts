// What the commands write down is without the values that nobody is to read there.
export { MARK, maskingOf, maskSecrets, withoutSecrets } from '../trace/secrets.ts';
