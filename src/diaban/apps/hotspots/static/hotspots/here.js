// The device's own position, asked for only when the button is pressed; it goes nowhere but into the form.
const button = document.querySelector("[data-here]");
const said = document.querySelector("[data-here-said]");
if (button && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        document.querySelector("[name=lon]").value = coords.longitude.toFixed(6);
        document.querySelector("[name=lat]").value = coords.latitude.toFixed(6);
        said.textContent = said.dataset.done;
      },
      () => {
        said.textContent = said.dataset.failed;
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
