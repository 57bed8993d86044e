// A chart as a PNG, for a slide: the drawing that can be downloaded, drawn by the browser at twice its size, on white.

const button = document.querySelector("#png");
const source = document.querySelector("a[href$='/chart.svg']");

button.addEventListener("click", async () => {
  const picture = new Image();
  picture.src = source.href;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * picture.naturalWidth;
  canvas.height = 2 * picture.naturalHeight;
  const paper = canvas.getContext("2d");
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(png);
  link.download = button.dataset.name;
  link.click();
  URL.revokeObjectURL(link.href);
});
button.hidden = false;
