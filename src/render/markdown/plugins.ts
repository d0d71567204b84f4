// The plugins that every Markdown text of the site goes through, in order. Blocks come first, because the text inside
// them has references of its own.
import type { PluggableList } from 'unified';
import { codeBlocks } from './code.ts';
import { withoutComments } from './comment.ts';
import type { MarkdownContext } from './context.ts';
import { events } from './event.ts';
import { features } from './feature.ts';
import { links } from './link.ts';
import { listings } from './listing.ts';
import { machines } from './machine.ts';
import { records } from './record.ts';
import { references } from './reference.ts';
import { retired, untested } from './register.ts';
import { requirements } from './requirement.ts';
import { sequences } from './sequence.ts';
import { tables } from './table.ts';
import { definitions, termLinks } from './term.ts';
import { withoutTitle } from './title.ts';
import { tries } from './try.ts';
import { typography } from './typography.ts';

export function sitePlugins(context: MarkdownContext): PluggableList {
  return [
    // First, while the text is as it was read.
    [definitions, context],
    withoutComments,
    withoutTitle,
    [events, context],
    [records, context],
    [machines, context],
    [features, context],
    [retired, context],
    [untested, context],
    [tries, context],
    [sequences, context],
    listings,
    codeBlocks,
    tables,
    [links, context],
    [requirements, context],
    [references, context],
    [termLinks, context],
    typography,
  ];
}
