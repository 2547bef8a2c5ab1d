// stopgap

export type ChannelTest = { at: string, passed: boolean, sentence: string, hint: string, };
