// What a text gets once its reader shows up: tools, links of headings, keys. A bundle of its own, which text-tools-load.ts
// fetches; what it is for is in the files that it imports.
import { joinTextAndSandboxes } from './beside.ts';
import { offerAddresses } from './permalinks.ts';
import { offerReading } from './reading.ts';
import { walkRequirements } from './reading-walk.ts';
import { hearSaid } from './said.ts';
import { loadSelectionTools } from './selection-tools-load.ts';
import styles from './styles/text-tools.css?inline';

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);
document.adoptedStyleSheets.push(sheet);

if (document.querySelector('.sandbox')) joinTextAndSandboxes();
offerAddresses();
hearSaid();
loadSelectionTools();
const tools = document.querySelector('.reading');
if (tools) {
  offerReading(tools);
  walkRequirements(tools);
}
