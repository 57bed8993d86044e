// A room of one question, to guess at: was Camille counted or not? The margin says how much noise the answer has. Everything happens
// in this page.

const toy = document.querySelector("#toy");
const words = toy.dataset;
const slider = toy.querySelector("#toy-margin");
const language = document.documentElement.lang;
const others = 400 + Math.floor(Math.random() * 200);
let counted = false;
let rounds = 0;
let right = 0;

// Margins from 1 to 100 people, each step as much wider than the one before.
const margin = () => 10 ** (Number(slider.value) / 100);
// A 95 % interval is 1.96 standard deviations to each side.
const sigma = () => margin() / 1.96;
const written = (value, digits = 0) => value.toLocaleString(language, { maximumFractionDigits: digits });
const filled = (text, values) => values.reduce((line, value, at) => line.replace(`%${at + 1}`, value), text);

// A normal variable from two uniform ones (Box and Muller, 1958).
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

// The normal distribution function, to 1e-7 (Abramowitz and Stegun, 26.2.17).
function phi(x) {
  if (x < 0) return 1 - phi(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

function ask() {
  counted = Math.random() < 0.5;
  const answer = Math.round(others + (counted ? 1 : 0) + sigma() * normal());
  toy.querySelector("#toy-answer").textContent =
    filled(words.guess, [written(answer), written(others), written(others + 1)]);
}

function best() {
  const share = phi(1 / (2 * sigma()));
  toy.querySelector("#toy-best").textContent =
    `${filled(words.margin, [written(margin(), margin() < 10 ? 1 : 0)])} ${filled(words.best, [written(100 * share, 0)])}`;
}

function guess(said) {
  rounds += 1;
  const hit = said === counted;
  if (hit) right += 1;
  toy.querySelector("#toy-score").textContent =
    `${hit ? words.right : words.wrong} ${filled(words.score, [written(right), written(rounds)])}`;
  ask();
}

toy.querySelector("#toy-in").addEventListener("click", () => guess(true));
toy.querySelector("#toy-out").addEventListener("click", () => guess(false));
slider.addEventListener("input", () => {
  [rounds, right] = [0, 0];
  toy.querySelector("#toy-score").textContent = "";
  best();
  ask();
});
best();
ask();
toy.hidden = false;
