/* global document, matchMedia, localStorage */
// What the page can do more with a script than without: another theme than the system's, a larger picture, shorter tables.
(() => {
    const root = document.documentElement;
    const theme = document.getElementById("theme");
    const dark = matchMedia("(prefers-color-scheme: dark)");
    // A browser may refuse storage to a page that was opened from a file.
    const stored = (value) => {
        try {
            if (value) localStorage.setItem("theme", value);
            return localStorage.getItem("theme");
        } catch {
            return null;
        }
    };
    const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
    const show = () => theme.setAttribute("aria-pressed", String(isDark()));
    if (stored()) root.dataset.theme = stored();
    theme.hidden = false;
    theme.addEventListener("click", () => {
        root.dataset.theme = isDark() ? "light" : "dark";
        stored(root.dataset.theme);
        show();
    });
    dark.addEventListener("change", show);
    show();

    const frame = document.querySelector(".frame");
    const picture = frame.querySelector("svg");
    document.querySelector(".zoom").hidden = false;
    for (const button of document.querySelectorAll("[data-zoom]")) {
        button.addEventListener("click", () => {
            const fit = button.dataset.zoom === "fit";
            const width = picture.getBoundingClientRect().width * (button.dataset.zoom === "in" ? 1.25 : 0.8);
            frame.classList.toggle("zoomed", !fit);
            picture.style.width = fit ? "" : `${Math.round(width)}px`;
        });
    }

    const filter = document.getElementById("filter");
    filter.closest("label").hidden = false;
    filter.addEventListener("input", () => {
        const wanted = filter.value.trim().toLowerCase();
        for (const row of document.querySelectorAll("tbody tr")) {
            row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
        }
    });
})();
