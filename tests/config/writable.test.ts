import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { writableProblems } from "../../config/checks/writable";

const folder = mkdtempSync(path.join(tmpdir(), "writable-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function problems(dockerfile: string, writable = ["/data"], user = "1000") {
    writeFileSync(path.join(folder, "Dockerfile"), `FROM debian:trixie-slim\n${dockerfile}\n`);
    return writableProblems(["w"], { writable, user, build: folder }).map(({ what, fix }) => `${what} → ${fix}`);
}

describe("a writable directory of an image that is built here", () => {
    for (const [name, dockerfile] of Object.entries({
        "given to the user, then a volume": "RUN mkdir /data && chown 1000 /data\nUSER 1000\nVOLUME /data",
        "made by install": 'RUN install -d -o 1000 /data\nVOLUME ["/data"]',
        "copied with an owner": "COPY --chown=1000 data /data\nVOLUME /data",
        "made by the user itself": "RUN useradd -m -u 1000 app -d /data\nUSER app\nVOLUME /data/",
        "open to all": "RUN mkdir -m 1777 /data; chmod 1777 /data\nVOLUME /data",
        "below one that is given": "RUN mkdir -p /data && chown -R 1000 /data\nVOLUME /data",
        "named by a variable": "ARG D=/data\nENV DATA=$D\nRUN mkdir $DATA && chown 1000 $DATA\nVOLUME $DATA",
    })) {
        it(`is right where it is ${name}`, () => expect(problems(dockerfile)).to.eql([]));
    }

    it("is right below a directory that is given away as a whole", () => {
        const dockerfile = "COPY --chown=1000:1000 . /app\nVOLUME /app/tmp/cache";
        expect(problems(dockerfile, ["/app/tmp/cache"])).to.eql([]);
        expect(problems(dockerfile.replace("/app\n", "/app2\n"), ["/app/tmp/cache"])).to.have.length(1);
    });

    it("is root's on Fargate without a VOLUME, whoever owns it in the image: the two lines to write are said", () => {
        const [first, ...others] = problems("RUN mkdir /data && chown 1000 /data\nUSER 1000");
        expect(others).to.eql([]);
        expect(first)
            .to.include("/data: no VOLUME of the Dockerfile names it")
            .and.to.include("RUN mkdir -p /data && chown 1000 /data")
            .and.to.include("VOLUME /data");
    });

    it("is not helped by a VOLUME of another directory, of another stage, or in a comment", () => {
        for (const text of ["VOLUME /data2", "VOLUME /", "# VOLUME /data", "VOLUME /data/x"]) {
            expect(problems(`RUN chown 1000 /data\n${text}`), text).to.have.length(1);
        }
        expect(problems("RUN chown 1000 /data\nVOLUME /data\nFROM scratch")).to.have.length(1);
    });

    it("is root's where the VOLUME comes first, or nothing makes it the user's", () => {
        for (const text of ["VOLUME /data\nRUN chown 1000 /data", "RUN mkdir /data\nVOLUME /data", "VOLUME /data"]) {
            expect(problems(text)[0], text).to.match(/its VOLUME comes before .* belongs to root/);
        }
    });

    it("is open to all where it is /tmp, which needs the VOLUME all the same", () => {
        expect(problems("VOLUME /tmp", ["/tmp"])).to.eql([]);
        expect(problems("RUN true", ["/tmp"])[0]).to.match(/→ in .*Dockerfile, in this order: VOLUME \/tmp$/);
    });

    it("is each looked at, and nothing is said of root's tasks and of images from elsewhere", () => {
        expect(problems("RUN true", ["/a", "/b"])).to.have.length(2);
        expect(problems("RUN true", ["/a"], "0")).to.eql([]);
        expect(writableProblems([], { writable: ["/a"], user: "1000" })).to.eql([]);
    });
});
