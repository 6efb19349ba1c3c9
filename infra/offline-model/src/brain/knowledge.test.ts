import { describe, expect, it } from 'vitest';
import { knowledge } from '../../test/prompts.ts';
import { indexKnowledge, loadKnowledge, parseSections } from './knowledge.ts';

const best = (question: string): string | undefined => knowledge.search(question)?.heading;

describe('the section that answers', () => {
  it.each([
    ['When are you open?', 'Opening hours'],
    ['what time do you close on saturday', 'Opening hours'],
    ['are you open at christmas?', 'Opening hours'],
    ['Where is your shop?', 'Where to find us'],
    ['is there parking', 'Where to find us'],
    ['How long does delivery take?', 'Shipping'],
    ['how much is shipping', 'Shipping'],
    ['is there free shipping?', 'Shipping'],
    ['Do you deliver to Switzerland?', 'Shipping abroad'],
    ['do you ship internationally to France', 'Shipping abroad'],
    ['Where is my order?', 'Where is my order'],
    ["my parcel hasn't arrived", 'Where is my order'],
    ['how do I track my package', 'Where is my order'],
    ['how can I cancel my order', 'Cancelling or changing an order'],
    ['What is your return policy?', 'Returns'],
    ['can i send a lamp back', 'Returns'],
    ['how many days do I have to return something?', 'Returns'],
    ['When do I get my refund?', 'Refunds'],
    ['my money back', 'Refunds'],
    ['the lamp arrived broken', 'Damaged on arrival'],
    ['How long is the warranty?', 'Warranty and repairs'],
    ['do you have spare parts', 'Warranty and repairs'],
    ['Can I pay by PayPal?', 'Prices and payment'],
    ['how much does a lamp cost', 'Prices and payment'],
    ['do students get a discount', 'Discounts and gift cards'],
    ['how do I delete my account', 'Your account'],
    ['I forgot my password', 'Password reset'],
    ['I cannot log in', 'Password reset'],
    ['which bulb fits', 'Choosing a bulb'],
    ['is it dimmable?', 'Choosing a bulb'],
    ['a plant for a dark bathroom', 'Plants for dark rooms'],
    ['how often should I water my fern?', 'Watering'],
    ['why does it get yellow leaves', 'Watering'],
    ['is monstera poisonous for cats', 'Plants and pets'],
    ['my lamp flickers', 'Lamp safety'],
    ['What is Baton?', 'What Baton is'],
    ['how does the handoff work', 'How a handoff works'],
    ['what is my position in the queue', 'How the queue works'],
    ['can messages get lost when redis crashes?', 'What keeps messages safe'],
    ['how do I connect Ollama', 'Using a real model'],
    ['what is the licence', 'Licence and cost of Baton'],
  ])('%s → %s', (question, heading) => {
    expect(best(question)).toBe(heading);
  });
});

describe('better nothing than a wrong section', () => {
  it.each([
    'What is the capital of France?',
    'do you sell bicycles?',
    'what will the weather be tomorrow?',
    'who won the world cup',
    'how do I bake bread',
    'can you recommend a good restaurant nearby',
    'do you offer insurance for laptops',
    'what is 17 times 23',
    'is the CEO married',
    'asdf qwer',
    '',
    'the of and to',
  ])('%s', (question) => {
    expect(knowledge.search(question)).toBeUndefined();
  });
});

describe('reading files', () => {
  it('takes a section a heading, with its other ways of asking, and leaves the preface out', () => {
    const sections = parseSections(
      '# Shop\r\npreface\r\n\r\n## Hours\r\n<!-- closing time -->\r\nWe open at 9.\r\n### Late\nNever.\n## Empty\n',
    );
    expect(sections).toEqual([
      { title: 'Shop', heading: 'Hours', text: 'We open at 9.', askedAs: ' closing time ' },
      { title: 'Shop', heading: 'Late', text: 'Never.', askedAs: '' },
    ]);
  });

  it('finds by a phrase of the comment that the text does not contain', () => {
    const index = indexKnowledge(
      parseSections('# S\n## Hours\n<!-- closing time -->\nWe are there from 9.\n## Cats\nWe like them.'),
    );
    expect(index.search('closing time?')?.heading).toBe('Hours');
  });

  it('answers nothing from nothing', () => {
    expect(indexKnowledge([]).search('anything')).toBeUndefined();
  });

  it('refuses a folder without sections, and one that is not there', async () => {
    await expect(loadKnowledge(import.meta.dirname)).rejects.toThrow('no Markdown section found');
    await expect(loadKnowledge('/nowhere/at/all')).rejects.toThrow('ENOENT');
  });
});
