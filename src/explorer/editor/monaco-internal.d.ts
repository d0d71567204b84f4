// What Monaco has and does not declare.

declare module 'monaco-editor/editor/browser/config/tabFocus' {
  /** Whether Tab moves the focus in every editor of the page. No option tells it (0.57). */
  export const TabFocus: {
    getTabFocusMode(): boolean;
    readonly onDidChangeTabFocus: import('monaco-editor/editor').IEvent<boolean>;
  };
}

// For tests: how a grammar is made a tokenizer, without a page.
declare module 'monaco-editor/editor/standalone/common/monarch/monarchCompile' {
  export function compile(
    languageId: string,
    language: import('monaco-editor/editor').languages.IMonarchLanguage,
  ): unknown;
}
declare module 'monaco-editor/editor/standalone/common/monarch/monarchLexer' {
  export class MonarchTokenizer {
    constructor(
      languages: object,
      theme: object,
      languageId: string,
      lexer: unknown,
      configuration: object,
    );
    getInitialState(): object;
    tokenize(
      line: string,
      hasEnd: boolean,
      state: object,
    ): {
      readonly tokens: readonly { readonly offset: number; readonly type: string }[];
      readonly endState: object;
    };
  }
}
