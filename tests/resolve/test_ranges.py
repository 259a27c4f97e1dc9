from hypothesis import given, strategies as st, settings
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from depcheck.resolve.ranges import positions, contains
base=st.lists(st.integers(0,3),min_size=1,max_size=3).map(lambda r:".".join(map(str,r)))
pre=st.sampled_from(["","","","a1","b2","rc1"]); post=st.sampled_from(["","","",".post0",".post1"]); dev=st.sampled_from(["","","",".dev0",".dev1"]); loc=st.sampled_from(["","","","+x","+y.1"]); ep=st.sampled_from(["","","","1!"])
ver=st.builds(lambda e,b,p,o,d,l:e+b+p+o+d+l,ep,base,pre,post,dev,loc)
pub=st.builds(lambda e,b,p,o,d:e+b+p+o+d,ep,base,pre,post,dev)
def spec(op,v,b,l,e):
    if op in("==.*","!=.*"): return op[:2]+e+b+".*"
    if op=="~=": return "~="+v if len(Version(v).release)>1 else ">="+v
    if op in("==","!="): return op+v+l
    return op+v
specs=st.builds(spec,st.sampled_from(["==","!=","<",">","<=",">=","~=","==.*","!=.*"]),pub,base,loc,ep)
@settings(max_examples=5000,deadline=None)
@given(st.lists(ver,min_size=1,max_size=12,unique_by=Version),st.lists(specs,max_size=3).map(",".join))
def test(vs,s):
    vs=sorted(vs,key=Version); iv=positions(s,vs); ss=SpecifierSet(s)
    for i,v in enumerate(vs): assert contains(iv,i)==ss.contains(v,prereleases=True),(v,s)
