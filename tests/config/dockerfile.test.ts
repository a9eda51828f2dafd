import path from "node:path";
import { expect } from "chai";
import { declaredVolumes, finalInstructions, stages, volumePaths } from "../../config/dockerfile";

const IMAGES = path.join(__dirname, "../../images");
const volumes = (text: string, args = {}) =>
    finalInstructions(stages(text, args)).flatMap((one) => (one.name === "VOLUME" ? volumePaths(one.args) : []));

describe("what a Dockerfile says", () => {
    it("is read with comments, lines that go on, and here-documents", () => {
        const [stage] = stages(
            [
                "# syntax",
                "from debian:trixie-slim",
                "RUN mkdir /a \\",
                "# between",
                "    && chown 1 /a",
                "RUN <<EOF",
                "VOLUME /no",
                "EOF",
                "volume /a",
            ].join("\n"),
        );
        expect(stage!.from).to.equal("debian:trixie-slim");
        expect(stage!.instructions.map(({ name }) => name)).to.eql(["RUN", "RUN", "VOLUME"]);
        expect(stage!.instructions[0]!.args).to.match(/^mkdir \/a +&& chown 1 \/a$/);
        expect(stage!.instructions[1]!.args).to.include("VOLUME /no");
    });

    it("is a list or words, without a slash at the end", () => {
        expect(volumePaths('["/a", "/b c/"]')).to.eql(["/a", "/b c"]);
        expect(volumePaths('/a/  "/b"')).to.eql(["/a", "/b"]);
        expect(volumePaths("[/a")).to.eql([]);
    });

    it("has the variables of ARG and ENV filled in, those of the build first", () => {
        const text =
            "ARG V=1\nFROM base:${V}\nARG V\nARG HOME_OF=/srv\nENV DATA=${HOME_OF}/data OTHER='/o'\nENV OLD /old way\nVOLUME $DATA ${OTHER}\nVOLUME ${NONE:-/else}${OTHER:+/more}";
        expect(stages(text)[0]!.from).to.equal("base:1");
        expect(stages(text, { V: "2" })[0]!.from).to.equal("base:2");
        expect(volumes(text)).to.eql(["/srv/data", "/o", "/else/more"]);
        expect(volumes(text, { HOME_OF: "/opt" })[0]).to.equal("/opt/data");
    });

    it("is of the last stage, and of those that it starts from", () => {
        const text =
            "FROM a AS one\nVOLUME /one\nFROM b AS two\nVOLUME /two\nFROM --platform=linux/amd64 one AS last\nVOLUME /last";
        expect(volumes(text)).to.eql(["/one", "/last"]);
    });

    it("is what our own images are made for: the directories that agents and Keycloak write to", () => {
        expect(declaredVolumes({ context: path.join(IMAGES, "acapy-agent") })).to.eql(["/tmp"]);
        expect(declaredVolumes({ context: path.join(IMAGES, "keycloak") })).to.eql(["/tmp", "/opt/keycloak/data"]);
        expect(declaredVolumes({ context: path.join(IMAGES, "envoy") })).to.eql([]);
    });
});
