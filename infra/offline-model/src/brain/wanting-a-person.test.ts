import { describe, expect, it } from 'vitest';
import { inShort, reply } from '../../test/prompts.ts';
import { understand } from './understanding/understand.ts';

describe('a customer who asks for a person gets the transfer tool', () => {
  it.each([
    'human',
    'Human please!',
    'agent',
    'live agent',
    'representative now',
    'can i talk to a human',
    'Can I speak to someone?',
    'Could I please speak with a real person',
    'I want to talk to somebody',
    'I would like to chat with a member of your team',
    "I'd rather talk to a person",
    'let me speak to your manager',
    'May I speak with an operator, please?',
    'I need to talk to customer service',
    'I want an agent',
    'we need a real human being',
    'Get me a human',
    'give me a real person',
    'get me someone',
    'connect me with an agent',
    'Please connect me to your support team',
    'transfer me',
    'Transfer me to a representative, please.',
    'put me through to someone',
    'pass this on to a colleague',
    'Please escalate this',
    'is there a human here?',
    'Is there anyone I can talk to?',
    'is anybody there',
    'how do I reach a human?',
    'how can I contact customer support',
    'Can somebody help me who is not a bot?',
    "I don't want to talk to a bot",
    'I do not want to chat with a machine, I want a human',
    'no more bots please',
    'not another robot!',
    'call me back',
    'I want to make a complaint',
    'Hi! I bought a lamp last week. Can I talk to someone about it?',
    'Are you a bot? I want a human.',
    'a real person please',
    'someone real please',
    'live support',
    // other languages
    'Ich möchte mit einem Menschen sprechen',
    'Kann ich bitte mit einem Mitarbeiter reden?',
    'Verbinden Sie mich mit dem Kundenservice',
    'Mensch bitte',
    'Ich brauche einen echten Menschen',
    'Quiero hablar con una persona',
    'Necesito un agente',
    '¿Puedo hablar con alguien?',
    'páseme con un operador',
    'Je veux parler à un humain',
    'Je voudrais un conseiller',
    'Puis-je parler à quelqu’un ?',
    'une vraie personne s’il vous plaît',
    'أريد التحدث مع شخص حقيقي',
    'أريد موظف من فضلك',
    'خدمة العملاء',
    '我要人工客服',
    '转人工',
    '我想和真人说话',
    '請幫我轉接真人客服',
  ])('%s', (message) => {
    const { intent } = understand(message);
    expect(intent).toMatchObject({ kind: 'person', cause: 'asked' });
    expect(inShort(reply(message))).toBe('transfer_to_agent normal');
  });
});

describe('what only sounds like it does not', () => {
  it.each([
    'Are you a human?',
    'am I talking to a real person?',
    'is this a bot?',
    'who are you?',
    "I don't need a human",
    'no need for an agent, thanks',
    "please don't transfer me",
    'I no longer need to talk to someone',
    'How does the handoff to an agent work?',
    'what is an agent?',
    'do you ship to people abroad?',
    'I need a lamp for a person who reads a lot',
    '人工智能是什么？',
    'Is the fern safe for people with allergies?',
    'Can I pick up a plant for someone else?',
  ])('%s', (message) => {
    expect(understand(message).intent.kind).toBe('talk');
  });
});

describe('trouble goes to a person with high priority', () => {
  it.each([
    ['This is ridiculous!', 'upset'],
    ['I am really angry', 'upset'],
    ["I'm so fed up with you", 'upset'],
    ['your service is terrible', 'upset'],
    ['worst shop ever', 'upset'],
    ['stupid bot', 'upset'],
    ['wtf', 'upset'],
    ['this is the third time I ask', 'upset'],
    ["I've been waiting for three weeks", 'upset'],
    ['nobody ever answers me', 'upset'],
    ['I want my money back', 'upset'],
    ['WHERE IS MY ORDER!!', 'upset'],
    ['what a waste of time', 'upset'],
    ['Das ist eine Frechheit!', 'upset'],
    ['¡Esto es inaceptable!', 'upset'],
    ["C'est scandaleux", 'upset'],
    ['太过分了', 'upset'],
    ['هذا غير مقبول', 'upset'],
    ['my lamp is smoking', 'danger'],
    ['there are sparks coming from the plug', 'danger'],
    ['I got an electric shock from the lamp', 'danger'],
    ['the lamp smells of burning', 'danger'],
    ['my cat ate a lily', 'danger'],
    ['I will take legal action', 'legal'],
    ['you charged me twice', 'legal'],
    ['there is an unauthorised payment', 'legal'],
  ])('%s is %s', (message, cause) => {
    expect(understand(message).intent).toEqual({ kind: 'person', cause, priority: 'high' });
  });

  it.each([
    "I'm not angry, just curious",
    'it is not a joke',
    'is direct sun terrible for my fern?',
    'WHAT IS BATON?',
    'OK',
    'can the light burn my leaves?',
    'No problem at all',
  ])('%s is no trouble', (message) => {
    expect(understand(message).intent.kind).toBe('talk');
  });
});

describe('the priority follows the words', () => {
  it.each([
    ['I need a human, it is urgent', 'high'],
    ['get me an agent immediately', 'high'],
    ['can I talk to someone? no rush', 'low'],
    ["It's not urgent, but I want to talk to a person", 'low'],
    ['I want to talk to a person', 'normal'],
    ['cancel my order please', 'normal'],
    ['Where is order #48213?', 'normal'],
  ])('%s: %s', (message, priority) => {
    expect(inShort(reply(message))).toBe(`transfer_to_agent ${priority}`);
  });
});
