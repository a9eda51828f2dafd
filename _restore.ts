import * as aws from "@pulumi/aws";
import { Database } from "./components/database";
import { TestStack } from "./tests/e2e/engine";
(async () => {
  let restore: string|undefined; let snap=false;
  const stack = await TestStack.create("restore","Pulumi.dev.yaml", async () => {
    const vpc = new aws.ec2.Vpc("v",{cidrBlock:"10.0.0.0/16"});
    const zones=(await aws.getAvailabilityZones({})).names;
    const subnets=[0,1].map(i=>new aws.ec2.Subnet(`s${i}`,{vpcId:vpc.id,cidrBlock:`10.0.${i}.0/24`,availabilityZone:zones[i]!}));
    const key=new aws.kms.Key("k",{});
    const db=new Database("db",{vpc:{id:vpc.id,isolatedSubnetIds:subnets.map(s=>s.id)},kmsKeyArn:key.arn,username:"acapy",password:"hunter22hunter22",engineVersion:"17",instanceClass:"db.t4g.micro",storageGiB:20,maxStorageGiB:100,multiAz:false,backupDays:1,logRetentionDays:14,restoreFrom:restore,finalSnapshot:true,
      transform:{instance:(a:any)=>a}});
    return {host:db.host};
  });
  try {
    console.log("up1", await stack.up(), (await stack.outputs()).host?.value);
    const inst=(await stack.resources()).find(r=>r.type==="aws:rds/instance:Instance")!;
    const id=String(inst.outputs!.identifier);
    const {execFileSync}=require("node:child_process");
    console.log(String(execFileSync("aws",["rds","create-db-snapshot","--db-instance-identifier",id,"--db-snapshot-identifier","before-the-mistake"])).slice(0,200));
    restore="before-the-mistake";
    console.log("preview", await stack.preview());
    console.log("up2", await stack.up(), (await stack.outputs()).host?.value);
    console.log(JSON.stringify((await stack.resources()).find(r=>r.type==="aws:rds/instance:Instance")!.outputs,null,0).slice(0,3000));
    console.log("up3", await stack.up());
    console.log(String(execFileSync("aws",["rds","describe-db-snapshots","--query","DBSnapshots[].[DBSnapshotIdentifier,DBInstanceIdentifier]","--output","text"])));
    console.log(String(execFileSync("aws",["rds","describe-db-instances","--query","DBInstances[].[DBInstanceIdentifier,MasterUsername,KmsKeyId,DBSubnetGroup.DBSubnetGroupName,DBParameterGroups[0].DBParameterGroupName,BackupRetentionPeriod]","--output","text"])));
  } catch(e) { console.log(stack.log.slice(-3000)); console.log(String(e).slice(0,2000)); }
  finally { try { await stack.destroy(); } catch(e) { console.log("destroy failed", stack.log.slice(-1500)); } await stack.cleanUp(); }
})();
