extension HTMLReport {
    /// The script of the page: it shows the records of the data block, a page at a time. All texts become text nodes, and
    /// a link is made only of what the report marks as one and what begins like one. The fragment selects what is shown:
    /// `#q=text&show=failed&sort=2&down=1&page=1`.
    static let script = #"""
        "use strict";
        (() => {
          const byId = (id) => document.getElementById(id);
          const data = JSON.parse(byId("data").textContent);
          const rows = data.rows;
          const pageSize = 100;
          const states = ["ok", "failed", "skipped"];
          const view = { text: "", show: "all", sort: 0, down: false, page: 0 };
          let texts = null;
          let shown = [];

          const result = (row) => {
            const kind = row[3] === null ? "" : data.kinds[row[3]];
            if (row[2] === null) { return kind || states[row[1]]; }
            return kind && kind !== "http-status" ? row[2] + " " + kind : String(row[2]);
          };
          const keys = [
            (row) => row[0], result, (row) => row[4], (row) => row[5], (row) => row[6], (row) => row[7],
          ];
          const time = (value) => {
            if (value === null) { return "–"; }
            const ms = value / 1000;
            return ms < 10 ? ms.toFixed(1) + " ms" : ms < 1000 ? ms.toFixed(0) + " ms" : (ms / 1000).toFixed(2) + " s";
          };
          const bytes = (value) => {
            if (value === null) { return "–"; }
            return value < 10000 ? value + " B" : value < 1e6 ? (value / 1e3).toFixed(1) + " kB" : (value / 1e6).toFixed(1) + " MB";
          };
          const compare = (left, right) => {
            if (left === right) { return 0; }
            if (left === null) { return 1; }
            if (right === null) { return -1; }
            return left < right ? -1 : 1;
          };

          const select = () => {
            const words = view.text.toLowerCase().split(" ").filter((word) => word !== "");
            if (words.length > 0 && texts === null) {
              texts = rows.map((row) => (result(row) + " " + row[7] + " " + row[9]).toLowerCase());
            }
            const state = states.indexOf(view.show);
            const found = [];
            for (let index = 0; index < rows.length; index += 1) {
              if (state >= 0 && rows[index][1] !== state) { continue; }
              if (words.length > 0 && !words.every((word) => texts[index].includes(word))) { continue; }
              found.push(index);
            }
            const values = rows.map(keys[view.sort]);
            const sign = view.down ? -1 : 1;
            found.sort((left, right) => {
              const order = compare(values[left], values[right]);
              const known = values[left] !== null && values[right] !== null;
              return (known ? sign * order : order) || left - right;
            });
            shown = found;
          };

          const cell = (line, text, name) => {
            const item = line.insertCell();
            item.textContent = text;
            if (name) { item.className = name; }
            return item;
          };
          const line = (row) => {
            const item = document.createElement("tr");
            cell(item, String(row[0]), "number wide");
            cell(item, result(row), row[1] === 1 ? "failed" : "");
            cell(item, time(row[4]), "number");
            cell(item, bytes(row[5]), "number wide");
            cell(item, String(row[6]), "number wide");
            const last = cell(item, "", "");
            const isLink = row[8] === 1 && /^https?:\/\//.test(row[7]);
            const url = document.createElement(isLink ? "a" : "span");
            url.className = "url";
            url.textContent = row[7];
            if (isLink) {
              url.href = row[7];
              url.rel = "noopener noreferrer";
            }
            last.append(url);
            if (row[9] !== "") {
              const more = document.createElement("div");
              more.className = "more";
              more.textContent = row[9];
              last.append(more);
            }
            return item;
          };

          const show = () => {
            const pages = Math.max(1, Math.ceil(shown.length / pageSize));
            view.page = Math.min(Math.max(0, view.page), pages - 1);
            const start = view.page * pageSize;
            const lines = shown.slice(start, start + pageSize).map((index) => line(rows[index]));
            document.querySelector("#rows tbody").replaceChildren(...lines);
            byId("count").textContent =
              shown.length === rows.length ? rows.length + " records" : shown.length + " of " + rows.length + " records";
            byId("page").textContent = "Page " + (view.page + 1) + " of " + pages;
            byId("previous").disabled = view.page === 0;
            byId("next").disabled = view.page === pages - 1;
            for (const button of document.querySelectorAll("#rows th button")) {
              const isSorted = Number(button.dataset.column) === view.sort;
              const order = !isSorted ? "none" : view.down ? "descending" : "ascending";
              button.closest("th").setAttribute("aria-sort", order);
            }
            document.documentElement.dataset.rows = String(shown.length);
          };
          const update = () => {
            view.page = 0;
            select();
            show();
          };

          const read = () => {
            const values = new URLSearchParams(location.hash.slice(1));
            if (!["q", "show", "sort", "page"].some((name) => values.has(name))) { return; }
            view.text = values.get("q") || "";
            view.show = states.includes(values.get("show")) ? values.get("show") : "all";
            const sort = Number(values.get("sort") || 0);
            view.sort = Number.isInteger(sort) && sort >= 0 && sort < keys.length ? sort : 0;
            view.down = values.get("down") === "1";
            byId("search").value = view.text;
            byId("show").value = view.show;
            select();
            view.page = (parseInt(values.get("page"), 10) || 1) - 1;
            show();
          };

          let timer = 0;
          byId("search").addEventListener("input", (event) => {
            clearTimeout(timer);
            timer = setTimeout(() => {
              view.text = event.target.value;
              update();
            }, 150);
          });
          byId("show").addEventListener("change", (event) => {
            view.show = event.target.value;
            update();
          });
          for (const button of document.querySelectorAll("#rows th button")) {
            button.addEventListener("click", () => {
              const column = Number(button.dataset.column);
              view.down = column === view.sort ? !view.down : false;
              view.sort = column;
              update();
            });
          }
          byId("previous").addEventListener("click", () => {
            view.page -= 1;
            show();
          });
          byId("next").addEventListener("click", () => {
            view.page += 1;
            show();
          });
          addEventListener("hashchange", read);
          update();
          read();
          document.documentElement.dataset.ready = String(Math.round(performance.now()));
        })();
        """#
}
