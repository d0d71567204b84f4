// Every term as data: its definition, where that stands, and the sections of the proposals that use it.
import { proposalHref, publicUrl, termHref, termPageHref } from '../../site/href.ts';
import { json } from '../../site/json.ts';
import { passagesWith, terms } from '../../site/terms.ts';

export function GET(): Response {
  return json(
    terms.map(({ key, term, kind, of, definition, section, slug, revision }) => ({
      term,
      kind,
      of: of ?? null,
      definition,
      proposal: slug,
      revision,
      section,
      url: publicUrl(termHref({ slug, key })),
      page: publicUrl(termPageHref(key)),
      uses: passagesWith(key).map((passage) => ({
        proposal: passage.slug,
        section: passage.title,
        times: passage.times,
        url: publicUrl(proposalHref(passage.slug, passage.anchor)),
      })),
    })),
  );
}
